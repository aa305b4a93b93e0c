CREATE TABLE "mirror_counts" (
	"service_environment_id" bigint NOT NULL,
	"begins_at" timestamp with time zone NOT NULL,
	"answered" integer NOT NULL,
	"failed" integer NOT NULL,
	"left_out" integer NOT NULL,
	CONSTRAINT "mirror_counts_key" PRIMARY KEY("service_environment_id","begins_at")
);
--> statement-breakpoint
ALTER TABLE "mirror_counts" ADD CONSTRAINT "mirror_counts_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mirror_counts_begins_at" ON "mirror_counts" USING brin ("begins_at");