CREATE TABLE "review_mails" (
	"deployment_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "review_mails_key" PRIMARY KEY("deployment_id","kind")
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "mails_reviews" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "review_mails" ADD CONSTRAINT "review_mails_deployment_id_health_reviews_deployment_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."health_reviews"("deployment_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "review_mails_next" ON "review_mails" USING btree ("next_at") WHERE settled_at is null;