CREATE TABLE "note_dismissals" (
	"service_id" bigint NOT NULL,
	"sha" text NOT NULL,
	"dismissed_by_name" text NOT NULL,
	"dismissed_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "note_dismissals_service_id_sha_pk" PRIMARY KEY("service_id","sha")
);
--> statement-breakpoint
CREATE TABLE "note_pictures" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"service_id" bigint NOT NULL,
	"media_type" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"body" "bytea" NOT NULL,
	"uploaded_by" bigint NOT NULL,
	"uploaded_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notes" ADD COLUMN "picture_id" uuid;--> statement-breakpoint
ALTER TABLE "notes" ADD COLUMN "picture_description" text;--> statement-breakpoint
ALTER TABLE "note_dismissals" ADD CONSTRAINT "note_dismissals_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "note_pictures" ADD CONSTRAINT "note_pictures_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "note_pictures" ADD CONSTRAINT "note_pictures_uploaded_by_users_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "note_pictures_time" ON "note_pictures" USING btree ("uploaded_at");--> statement-breakpoint
CREATE INDEX "note_pictures_person" ON "note_pictures" USING btree ("uploaded_by","uploaded_at");--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_picture_id_note_pictures_id_fk" FOREIGN KEY ("picture_id") REFERENCES "public"."note_pictures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feed_items_held" ON "feed_items" USING btree ("hold_id") WHERE state = 'held';--> statement-breakpoint
CREATE INDEX "notes_picture" ON "notes" USING btree ("picture_id") WHERE picture_id is not null;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_picture_described" CHECK ((picture_id is null) = (picture_description is null));