CREATE TABLE "instance_output" (
	"instance_id" bigint NOT NULL,
	"first_line" integer NOT NULL,
	"line_count" integer NOT NULL,
	"codec" text NOT NULL,
	"body" "bytea" NOT NULL,
	"printed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "instance_output_instance_id_first_line_pk" PRIMARY KEY("instance_id","first_line")
);
--> statement-breakpoint
ALTER TABLE "instance_output" ADD CONSTRAINT "instance_output_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "output_watched_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "log_day" date;--> statement-breakpoint
ALTER TABLE "log_chunks" RENAME TO "log_chunks_before";--> statement-breakpoint
CREATE TABLE "log_chunks" (
	"day" date NOT NULL,
	"deployment_id" bigint NOT NULL,
	"step" text NOT NULL,
	"first_line" integer NOT NULL,
	"line_count" integer NOT NULL,
	"codec" text NOT NULL,
	"body" "bytea" NOT NULL,
	"printed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "log_chunks_day_deployment_id_first_line_pk" PRIMARY KEY("day","deployment_id","first_line")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE INDEX "log_chunks_steps" ON "log_chunks" USING btree ("day","deployment_id","step","first_line");--> statement-breakpoint
ALTER TABLE "log_chunks" ADD CONSTRAINT "log_chunks_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- Both run as their owner: the processes' own role may neither make nor drop tables.
CREATE FUNCTION "open_log_day"("day" date) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$
	DECLARE
		name text := 'log_chunks_' || to_char(day, 'YYYYMMDD');
	BEGIN
		IF to_regclass('public.' || name) IS NOT NULL THEN
			RETURN;
		END IF;
		PERFORM pg_advisory_xact_lock(7202613);
		IF to_regclass('public.' || name) IS NOT NULL THEN
			RETURN;
		END IF;
		-- Attached, not made in place: that would wait for every reader and hold up the next ones.
		EXECUTE format('CREATE TABLE public.%I (LIKE public.log_chunks INCLUDING ALL)', name);
		EXECUTE format('ALTER TABLE public.log_chunks ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
			name, day, day + 1);
	END
	$$;--> statement-breakpoint
-- Makes the days to come, and drops those whose time is over; tells how many those were.
CREATE FUNCTION "keep_log_days"("days" integer) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
	AS $$
	DECLARE
		today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
		name text;
		dropped integer := 0;
	BEGIN
		IF days < 1 THEN
			RAISE EXCEPTION 'logs are kept for a day at least';
		END IF;
		PERFORM public.open_log_day(today);
		PERFORM public.open_log_day(today + 1);
		FOR name IN
			SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
			WHERE inhparent = 'public.log_chunks'::regclass AND relname < 'log_chunks_' || to_char(today - days, 'YYYYMMDD')
		LOOP
			EXECUTE format('DROP TABLE public.%I', name);
			dropped := dropped + 1;
		END LOOP;
		RETURN dropped;
	END
	$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION "open_log_day"(date), "keep_log_days"(integer) FROM PUBLIC;--> statement-breakpoint
UPDATE "deployments" SET "log_day" = (written.first_at AT TIME ZONE 'UTC')::date
	FROM (SELECT "deployment_id", min("written_at") AS first_at FROM "log_chunks_before" GROUP BY 1) AS written
	WHERE written."deployment_id" = "deployments"."id";--> statement-breakpoint
SELECT "open_log_day"("log_day") FROM (SELECT DISTINCT "log_day" FROM "deployments" WHERE "log_day" IS NOT NULL) AS days;--> statement-breakpoint
INSERT INTO "log_chunks" ("day", "deployment_id", "step", "first_line", "line_count", "codec", "body", "printed_at")
	SELECT "log_day", "deployment_id", "step", "first_line", "line_count", 'plain', convert_to("text" || E'\n', 'UTF8'), "written_at"
	FROM "log_chunks_before" JOIN "deployments" ON "deployments"."id" = "deployment_id";--> statement-breakpoint
DROP TABLE "log_chunks_before";
