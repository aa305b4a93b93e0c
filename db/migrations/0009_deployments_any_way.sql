CREATE TABLE "configurations" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "configurations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"service_environment_id" bigint NOT NULL,
	"version" integer NOT NULL,
	"instances" integer,
	"variables" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"made_by_name" text NOT NULL,
	"made_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "configurations_version_once" UNIQUE("service_environment_id","version")
);
--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "configuration_id" bigint;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "previous_configuration_id" bigint;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "scheduled_for" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "schedule_reached_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "cancel_reason" text;--> statement-breakpoint
ALTER TABLE "releases" ADD COLUMN "bad_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "releases" ADD COLUMN "bad_reason" text;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "worker_label" text;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "automatic_branch" text;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "promotes_after_minutes" integer;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "automation_paused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "automation_paused_reason" text;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "automation_note" text;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "configuration_id" bigint;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "labels" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "forgotten_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "clashed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "clashed_with" text;--> statement-breakpoint
ALTER TABLE "configurations" ADD CONSTRAINT "configurations_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_configuration_id_configurations_id_fk" FOREIGN KEY ("configuration_id") REFERENCES "public"."configurations"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_previous_configuration_id_configurations_id_fk" FOREIGN KEY ("previous_configuration_id") REFERENCES "public"."configurations"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pools" ADD CONSTRAINT "pools_configuration_id_configurations_id_fk" FOREIGN KEY ("configuration_id") REFERENCES "public"."configurations"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deployments_commit" ON "deployments" USING btree ("service_environment_id","sha");--> statement-breakpoint
INSERT INTO "pools" ("service_environment_id", "color") SELECT "id", 'violet' FROM "service_environments" ON CONFLICT DO NOTHING;
