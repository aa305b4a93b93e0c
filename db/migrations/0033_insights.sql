CREATE TABLE "deployment_batches" (
	"deployment_id" bigint PRIMARY KEY NOT NULL,
	"service_environment_id" bigint NOT NULL,
	"switched_at" timestamp with time zone NOT NULL,
	"commits" integer,
	"lines_changed" integer,
	"committed_at" timestamp with time zone[]
);
--> statement-breakpoint
CREATE TABLE "insight_counts" (
	"environment_id" bigint NOT NULL,
	"service_environment_id" bigint,
	"level" text NOT NULL,
	"begins_on" date NOT NULL,
	"measure" text NOT NULL,
	"size" smallint NOT NULL,
	"slot" smallint NOT NULL,
	"count" bigint NOT NULL,
	"total_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "insight_marks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "insight_marks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"service_environment_id" bigint,
	"environment_id" bigint,
	"day" date NOT NULL
);
--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "waiting_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "service_environments" ADD COLUMN "waiting_lines" integer;--> statement-breakpoint
ALTER TABLE "deployment_batches" ADD CONSTRAINT "deployment_batches_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployment_batches" ADD CONSTRAINT "deployment_batches_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_counts" ADD CONSTRAINT "insight_counts_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_counts" ADD CONSTRAINT "insight_counts_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deployment_batches_place" ON "deployment_batches" USING btree ("service_environment_id","switched_at");--> statement-breakpoint
CREATE UNIQUE INDEX "insight_counts_place" ON "insight_counts" USING btree ("service_environment_id","level","measure","begins_on","size","slot") WHERE service_environment_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "insight_counts_whole" ON "insight_counts" USING btree ("environment_id","level","measure","begins_on","size","slot") WHERE service_environment_id is null;--> statement-breakpoint
CREATE INDEX "deployments_brought" ON "deployments" USING btree ("service_environment_id","release_id","switched_at") WHERE switched_at is not null;--> statement-breakpoint
CREATE INDEX "deployments_remedies" ON "deployments" USING btree ("service_environment_id","previous_release_id") WHERE kind in ('switch-back','roll-forward') and switched_at is not null;--> statement-breakpoint
CREATE INDEX "incidents_change" ON "incidents" USING btree ("deployment_id") WHERE deployment_id is not null;--> statement-breakpoint
CREATE INDEX "incidents_mitigation" ON "incidents" USING btree ("mitigating_deployment_id") WHERE mitigating_deployment_id is not null;--> statement-breakpoint
CREATE FUNCTION "mark_insight_day"("place" bigint, "at" timestamp with time zone) RETURNS void LANGUAGE sql AS $$
  insert into insight_marks (service_environment_id, day)
  select place, (at at time zone 'UTC')::date where place is not null and at is not null;
$$;--> statement-breakpoint
CREATE FUNCTION "mark_switch"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  perform mark_insight_day(new.service_environment_id, new.switched_at);
  return null;
end $$;--> statement-breakpoint
CREATE TRIGGER "mark_switch" AFTER INSERT OR UPDATE OF "switched_at", "kind", "release_id", "previous_release_id" ON "deployments"
  FOR EACH ROW WHEN (new.switched_at is not null) EXECUTE FUNCTION "mark_switch"();--> statement-breakpoint
CREATE TRIGGER "mark_switch" AFTER INSERT OR UPDATE ON "deployment_batches"
  FOR EACH ROW EXECUTE FUNCTION "mark_switch"();--> statement-breakpoint
CREATE FUNCTION "mark_review"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  perform mark_insight_day(new.service_environment_id, new.opened_at);
  return null;
end $$;--> statement-breakpoint
CREATE TRIGGER "mark_review" AFTER INSERT OR UPDATE OF "state" ON "health_reviews"
  FOR EACH ROW EXECUTE FUNCTION "mark_review"();--> statement-breakpoint
CREATE FUNCTION "mark_incident"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  perform mark_insight_day(new.service_environment_id, new.began_at);
  perform mark_insight_day(service_environment_id, switched_at) from deployments
    where id in (new.deployment_id, new.mitigating_deployment_id);
  if tg_op = 'UPDATE' then
    perform mark_insight_day(old.service_environment_id, old.began_at);
    perform mark_insight_day(service_environment_id, switched_at) from deployments
      where id in (old.deployment_id, old.mitigating_deployment_id);
  end if;
  return null;
end $$;--> statement-breakpoint
CREATE TRIGGER "mark_incident" AFTER INSERT OR UPDATE OF "state", "deployment_id", "began_at", "detected_at", "mitigated_at", "mitigating_deployment_id", "recovered_at" ON "incidents"
  FOR EACH ROW EXECUTE FUNCTION "mark_incident"();--> statement-breakpoint
-- Nothing is added up meanwhile: what is found here is all there is to take back.
CREATE FUNCTION "mark_removed_place"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  perform pg_advisory_xact_lock(7202633);
  insert into insight_marks (environment_id, day)
  select distinct old.environment_id, begins_on from insight_counts
    where service_environment_id = old.id and level = 'day';
  return old;
end $$;--> statement-breakpoint
CREATE TRIGGER "mark_removed_place" BEFORE DELETE ON "service_environments"
  FOR EACH ROW EXECUTE FUNCTION "mark_removed_place"();--> statement-breakpoint
INSERT INTO "insight_marks" ("service_environment_id", "day")
  SELECT DISTINCT "service_environment_id", ("switched_at" at time zone 'UTC')::date AS "day" FROM "deployments"
  WHERE "switched_at" IS NOT NULL ORDER BY "day";
