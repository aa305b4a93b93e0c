CREATE TABLE "verdict_trials" (
	"service_environment_id" bigint NOT NULL,
	"day" date NOT NULL,
	"trials" integer NOT NULL,
	"worse" integer NOT NULL,
	"no_worse" integer NOT NULL,
	"last_began_at" timestamp with time zone NOT NULL,
	CONSTRAINT "verdict_trials_key" PRIMARY KEY("service_environment_id","day")
);
--> statement-breakpoint
ALTER TABLE "verdict_trials" ADD CONSTRAINT "verdict_trials_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;