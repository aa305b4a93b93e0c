CREATE TABLE "feed_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feed_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"item_id" bigint NOT NULL,
	"word" text NOT NULL,
	"event_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"happened_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"revision" bigint,
	CONSTRAINT "feed_changes_event_id_unique" UNIQUE("event_id"),
	CONSTRAINT "feed_changes_revision_unique" UNIQUE("revision")
);
--> statement-breakpoint
CREATE TABLE "feed_items" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feed_items_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"public_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"service_environment_id" bigint,
	"environment_id" bigint,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"happened_at" timestamp with time zone NOT NULL,
	"deployment_id" bigint,
	"hold_id" bigint,
	CONSTRAINT "feed_items_public_id_unique" UNIQUE("public_id"),
	CONSTRAINT "feed_items_deployment_id_unique" UNIQUE("deployment_id"),
	CONSTRAINT "feed_items_hold_id_unique" UNIQUE("hold_id"),
	CONSTRAINT "feed_items_subject" CHECK (num_nonnulls("feed_items"."deployment_id", "feed_items"."hold_id") = 1)
);
--> statement-breakpoint
CREATE TABLE "notes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "notes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"service_id" bigint NOT NULL,
	"sha" text NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"link_url" text,
	"written_by_name" text NOT NULL,
	"written_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "environments" ADD COLUMN "is_shown" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "is_public" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "public_byline" text DEFAULT 'team' NOT NULL;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "public_contact" text;--> statement-breakpoint
ALTER TABLE "feed_changes" ADD CONSTRAINT "feed_changes_item_id_feed_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."feed_items"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feed_items" ADD CONSTRAINT "feed_items_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feed_items" ADD CONSTRAINT "feed_items_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feed_items" ADD CONSTRAINT "feed_items_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feed_items" ADD CONSTRAINT "feed_items_hold_id_holds_id_fk" FOREIGN KEY ("hold_id") REFERENCES "public"."holds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feed_changes_item" ON "feed_changes" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "feed_changes_time" ON "feed_changes" USING btree ("happened_at");--> statement-breakpoint
CREATE INDEX "feed_items_place" ON "feed_items" USING btree ("service_environment_id","happened_at","id");--> statement-breakpoint
CREATE INDEX "feed_items_place_kind" ON "feed_items" USING btree ("service_environment_id","kind","happened_at","id");--> statement-breakpoint
CREATE INDEX "notes_commit" ON "notes" USING btree ("service_id","sha","id");--> statement-breakpoint
UPDATE "environments" SET "is_shown" = "is_production";--> statement-breakpoint
CREATE SEQUENCE "feed_revision";--> statement-breakpoint
-- Runs at COMMIT, so that revisions are seen in their order: whoever has the next one waits until this one can be read.
-- The lock is that of the audit log's chain: whoever commits both takes one lock, and two never wait for each other.
CREATE FUNCTION "number_feed_change"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$
	BEGIN
		PERFORM FROM public.audit_head WHERE id = 1 FOR UPDATE;
		UPDATE public.feed_changes SET revision = nextval('public.feed_revision')
			WHERE id = NEW.id AND revision IS NULL;
		PERFORM pg_notify('anytime', json_build_object('topic', 'feed', 'id', NEW.item_id::text)::text);
		RETURN NULL;
	END
	$$;--> statement-breakpoint
-- Whoever may execute it could hang it on a table of their own.
REVOKE ALL ON FUNCTION "number_feed_change"() FROM PUBLIC;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "number_feed_change" AFTER INSERT ON "feed_changes"
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "number_feed_change"();--> statement-breakpoint
-- What was deployed before there was a feed stands in it, too.
INSERT INTO "feed_items" ("service_environment_id", "kind", "state", "happened_at", "deployment_id")
	SELECT "service_environment_id",
		CASE "kind" WHEN 'switch-back' THEN 'switch-back' WHEN 'restart' THEN 'maintenance' WHEN 'scale' THEN 'maintenance'
			WHEN 'configure' THEN 'maintenance' ELSE 'release' END,
		CASE "status" WHEN 'queued' THEN 'waiting' WHEN 'running' THEN 'started' WHEN 'succeeded' THEN 'live' ELSE "status" END,
		coalesce("started_at", "requested_at"), "id"
	FROM "deployments" ORDER BY "id";--> statement-breakpoint
INSERT INTO "feed_items" ("service_environment_id", "environment_id", "kind", "state", "happened_at", "hold_id")
	SELECT "service_environment_id", "environment_id", 'hold',
		CASE WHEN "ended_at" IS NULL AND "ends_at" > now() THEN 'held' ELSE 'lifted' END, "placed_at", "id"
	FROM "holds" ORDER BY "id";
