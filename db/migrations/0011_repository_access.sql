CREATE TABLE "host_keys" (
	"host" text PRIMARY KEY NOT NULL,
	"keys" text[] NOT NULL,
	"confirmed_by_name" text NOT NULL,
	"confirmed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "repository_credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"service_id" bigint,
	"repository_url" text NOT NULL,
	"kind" text NOT NULL,
	"username" text,
	"public_key" text,
	"sealed_secret" text NOT NULL,
	"made_by" text NOT NULL,
	"made_by_name" text NOT NULL,
	"made_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "repository_credentials_service_id_unique" UNIQUE("service_id")
);
--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "settings_path" text DEFAULT 'anytime.yaml' NOT NULL;--> statement-breakpoint
ALTER TABLE "repository_credentials" ADD CONSTRAINT "repository_credentials_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "repository_credentials_made" ON "repository_credentials" USING btree ("made_at");