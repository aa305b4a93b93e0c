CREATE TABLE "health_reviews" (
	"deployment_id" bigint PRIMARY KEY NOT NULL,
	"service_environment_id" bigint NOT NULL,
	"release_id" bigint NOT NULL,
	"previous_release_id" bigint,
	"state" text DEFAULT 'open' NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"watch_until" timestamp with time zone NOT NULL,
	"answer" text DEFAULT 'not-enough-data' NOT NULL,
	"outcome" jsonb,
	"answered_at" timestamp with time zone,
	"watched_by" bigint,
	"watched_by_name" text,
	"watched_at" timestamp with time zone,
	CONSTRAINT "health_reviews_watched" CHECK ((state = 'watched') = (watched_at is not null))
);
--> statement-breakpoint
ALTER TABLE "health_reviews" ADD CONSTRAINT "health_reviews_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "health_reviews" ADD CONSTRAINT "health_reviews_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "health_reviews" ADD CONSTRAINT "health_reviews_release_id_releases_id_fk" FOREIGN KEY ("release_id") REFERENCES "public"."releases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "health_reviews" ADD CONSTRAINT "health_reviews_previous_release_id_releases_id_fk" FOREIGN KEY ("previous_release_id") REFERENCES "public"."releases"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "health_reviews" ADD CONSTRAINT "health_reviews_watched_by_users_id_fk" FOREIGN KEY ("watched_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "health_reviews_open" ON "health_reviews" USING btree ("watch_until") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "health_reviews_place" ON "health_reviews" USING btree ("service_environment_id","opened_at");--> statement-breakpoint
CREATE AGGREGATE "sum_slots"(integer[]) (SFUNC = "add_slots", STYPE = integer[], INITCOND = '{}', PARALLEL = SAFE);
