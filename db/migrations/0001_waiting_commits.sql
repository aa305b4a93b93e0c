ALTER TABLE "service_environments" ADD COLUMN "waiting_commits" integer;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "waiting_live_sha" text;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "waiting_head_sha" text;--> statement-breakpoint
CREATE INDEX "deployments_requested" ON "deployments" USING btree ("requested_at");