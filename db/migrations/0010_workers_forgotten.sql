ALTER TABLE "workers" ADD COLUMN "forgotten_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "clashed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "clashed_with" text;