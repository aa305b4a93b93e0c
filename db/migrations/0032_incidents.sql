CREATE TABLE "incident_attempts" (
	"deployment_id" bigint PRIMARY KEY NOT NULL,
	"incident_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incident_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "incident_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"incident_id" bigint NOT NULL,
	"happened_at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"by_id" bigint,
	"by_name" text,
	"text" text DEFAULT '' NOT NULL,
	"cause" text
);
--> statement-breakpoint
CREATE TABLE "incident_thanks" (
	"incident_id" bigint NOT NULL,
	"from_id" bigint NOT NULL,
	"from_name" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"said_at" timestamp with time zone NOT NULL,
	CONSTRAINT "incident_thanks_incident_id_from_id_pk" PRIMARY KEY("incident_id","from_id")
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "incidents_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"service_environment_id" bigint NOT NULL,
	"state" text NOT NULL,
	"source" text NOT NULL,
	"title" text NOT NULL,
	"deployment_id" bigint,
	"release_id" bigint,
	"slower_than_ms" real,
	"began_at" timestamp with time zone NOT NULL,
	"detected_at" timestamp with time zone NOT NULL,
	"mitigated_at" timestamp with time zone,
	"mitigation" text,
	"mitigating_deployment_id" bigint,
	"recovered_at" timestamp with time zone,
	"recovery_source" text,
	"requests" bigint DEFAULT 0 NOT NULL,
	"affected" bigint DEFAULT 0 NOT NULL,
	"fix_lines" integer,
	"published_at" timestamp with time zone,
	CONSTRAINT "incidents_over" CHECK ((state = 'recovered') = (recovered_at is not null))
);
--> statement-breakpoint
CREATE TABLE "write_up_actions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "write_up_actions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"incident_id" bigint NOT NULL,
	"text" text NOT NULL,
	"owner_id" bigint,
	"owner_name" text,
	"due_on" date,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "write_ups" (
	"incident_id" bigint PRIMARY KEY NOT NULL,
	"what_happened" text NOT NULL,
	"what_helped" text NOT NULL,
	"what_we_change" text NOT NULL,
	"written_by_name" text NOT NULL,
	"written_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feed_items" DROP CONSTRAINT "feed_items_subject";--> statement-breakpoint
DROP INDEX "feed_items_public";--> statement-breakpoint
DROP INDEX "feed_items_public_kind";--> statement-breakpoint
ALTER TABLE "feed_items" ADD COLUMN "incident_id" bigint;--> statement-breakpoint
ALTER TABLE "incident_attempts" ADD CONSTRAINT "incident_attempts_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_attempts" ADD CONSTRAINT "incident_attempts_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_events" ADD CONSTRAINT "incident_events_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_events" ADD CONSTRAINT "incident_events_by_id_users_id_fk" FOREIGN KEY ("by_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_thanks" ADD CONSTRAINT "incident_thanks_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_thanks" ADD CONSTRAINT "incident_thanks_from_id_users_id_fk" FOREIGN KEY ("from_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_release_id_releases_id_fk" FOREIGN KEY ("release_id") REFERENCES "public"."releases"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_mitigating_deployment_id_deployments_id_fk" FOREIGN KEY ("mitigating_deployment_id") REFERENCES "public"."deployments"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "write_up_actions" ADD CONSTRAINT "write_up_actions_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "write_up_actions" ADD CONSTRAINT "write_up_actions_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "write_ups" ADD CONSTRAINT "write_ups_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "incident_attempts_of" ON "incident_attempts" USING btree ("incident_id");--> statement-breakpoint
CREATE INDEX "incident_events_of" ON "incident_events" USING btree ("incident_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "incident_events_cause" ON "incident_events" USING btree ("cause","incident_id") WHERE cause is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_one_ongoing" ON "incidents" USING btree ("service_environment_id") WHERE state in ('suspected', 'open', 'mitigated');--> statement-breakpoint
CREATE INDEX "incidents_place" ON "incidents" USING btree ("service_environment_id","began_at");--> statement-breakpoint
CREATE INDEX "incidents_recovered" ON "incidents" USING btree ("recovered_at") WHERE state = 'recovered';--> statement-breakpoint
CREATE INDEX "write_up_actions_of" ON "write_up_actions" USING btree ("incident_id");--> statement-breakpoint
ALTER TABLE "feed_items" ADD CONSTRAINT "feed_items_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feed_items_public" ON "feed_items" USING btree ("service_environment_id","happened_at","id") WHERE state in ('started', 'live', 'failed', 'held', 'lifted', 'ongoing', 'over');--> statement-breakpoint
CREATE INDEX "feed_items_public_kind" ON "feed_items" USING btree ("service_environment_id","kind","happened_at","id") WHERE state in ('started', 'live', 'failed', 'held', 'lifted', 'ongoing', 'over');--> statement-breakpoint
ALTER TABLE "feed_items" ADD CONSTRAINT "feed_items_incident" UNIQUE("incident_id","kind");--> statement-breakpoint
ALTER TABLE "feed_items" ADD CONSTRAINT "feed_items_subject" CHECK (num_nonnulls("feed_items"."deployment_id", "feed_items"."hold_id", "feed_items"."incident_id") = 1);