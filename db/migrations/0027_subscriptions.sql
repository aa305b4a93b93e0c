CREATE TABLE "subscription_progress" (
	"id" integer PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "subscriptions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"link_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"address" text,
	"service_id" bigint,
	"cadence" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"confirm_until" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"told_up_to" bigint DEFAULT 0 NOT NULL,
	"telling_up_to" bigint,
	"telling_id" uuid,
	"next_try_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"lease_number" integer DEFAULT 0 NOT NULL,
	"leased_until" timestamp with time zone DEFAULT '-infinity' NOT NULL,
	CONSTRAINT "subscriptions_link_id_unique" UNIQUE("link_id"),
	CONSTRAINT "subscriptions_known" CHECK (state = 'ended' or address is not null),
	CONSTRAINT "subscriptions_end" CHECK ((state = 'ended') = (ended_at is not null))
);
--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_address" ON "subscriptions" USING btree ("address",coalesce(service_id, 0),"state") WHERE state <> 'ended';--> statement-breakpoint
CREATE INDEX "subscriptions_due" ON "subscriptions" USING btree ("next_try_at","id") WHERE next_try_at is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_service" ON "subscriptions" USING btree ("service_id");--> statement-breakpoint
CREATE INDEX "subscriptions_quiet" ON "subscriptions" USING btree ("service_id") WHERE state = 'active' and next_try_at is null;--> statement-breakpoint
-- What happened before there were subscribers is told to none.
INSERT INTO "subscription_progress" ("id", "revision") SELECT 1, coalesce(max("revision"), 0) FROM "feed_changes";
