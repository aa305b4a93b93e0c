CREATE TABLE "traffic_counts" (
	"service_environment_id" bigint NOT NULL,
	"begins_at" timestamp with time zone NOT NULL,
	"seconds" smallint NOT NULL,
	"release_id" bigint NOT NULL,
	"route" text NOT NULL,
	"half" smallint NOT NULL,
	"requests" integer NOT NULL,
	"client_errors" integer NOT NULL,
	"server_errors" integer NOT NULL,
	"aborted" integer NOT NULL,
	"strays" integer NOT NULL,
	"latency" integer[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "traffic_counts_key" PRIMARY KEY("service_environment_id","begins_at","seconds","release_id","route","half")
);
--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "switch_counts" jsonb;--> statement-breakpoint
ALTER TABLE "routers" ADD COLUMN "counted_batch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "traffic_counts" ADD CONSTRAINT "traffic_counts_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "traffic_counts_begins_at" ON "traffic_counts" USING brin ("begins_at");--> statement-breakpoint
-- Histograms add slot by slot; the shorter one counts nothing beyond its end.
CREATE FUNCTION "add_slots"("some" integer[], "more" integer[]) RETURNS integer[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (
		SELECT coalesce(array_agg(coalesce(a, 0) + coalesce(b, 0) ORDER BY slot), '{}')
		FROM unnest("some", "more") WITH ORDINALITY AS slots(a, b, slot)
	);
