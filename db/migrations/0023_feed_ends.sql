CREATE TABLE "note_dismissals" (
	"service_id" bigint NOT NULL,
	"sha" text NOT NULL,
	"dismissed_by_name" text NOT NULL,
	"dismissed_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "note_dismissals_service_id_sha_pk" PRIMARY KEY("service_id","sha")
);
--> statement-breakpoint
ALTER TABLE "note_dismissals" ADD CONSTRAINT "note_dismissals_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feed_items_held" ON "feed_items" USING btree ("hold_id") WHERE state = 'held';