CREATE TABLE "telemetry_heard" (
	"service_environment_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"heard_at" timestamp with time zone NOT NULL,
	"refused" integer NOT NULL,
	CONSTRAINT "telemetry_heard_key" PRIMARY KEY("service_environment_id","kind")
);
--> statement-breakpoint
CREATE TABLE "telemetry_keys" (
	"service_environment_id" bigint PRIMARY KEY NOT NULL,
	"generation" smallint NOT NULL,
	"former_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "telemetry_heard" ADD CONSTRAINT "telemetry_heard_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "telemetry_keys" ADD CONSTRAINT "telemetry_keys_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;