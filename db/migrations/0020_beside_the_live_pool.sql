ALTER TABLE "deployments" ADD COLUMN "canary_ends_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "traffic_counts" ADD COLUMN "by_share" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "pointers" ADD COLUMN "candidate_sticky" jsonb;--> statement-breakpoint
ALTER TABLE "pointers" ADD COLUMN "candidate_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "pointers" ADD COLUMN "held_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "pointers" ADD COLUMN "drain_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "pointers" ADD COLUMN "mirror" jsonb;--> statement-breakpoint
ALTER TABLE "router_acknowledgements" ADD COLUMN "open_requests" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "traffic_counts" DROP CONSTRAINT "traffic_counts_key";
--> statement-breakpoint
ALTER TABLE "traffic_counts" ADD CONSTRAINT "traffic_counts_key" PRIMARY KEY("service_environment_id","begins_at","seconds","release_id","route","half","by_share");