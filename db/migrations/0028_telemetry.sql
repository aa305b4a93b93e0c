CREATE TABLE "counters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"stored_batch" bigint NOT NULL,
	"heard_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "request_counts" (
	"service_environment_id" bigint NOT NULL,
	"source" text NOT NULL,
	"begins_at" timestamp with time zone NOT NULL,
	"seconds" smallint NOT NULL,
	"release_id" bigint NOT NULL,
	"route" text NOT NULL,
	"half" smallint NOT NULL,
	"by_share" boolean DEFAULT false NOT NULL,
	"requests" integer NOT NULL,
	"client_errors" integer NOT NULL,
	"server_errors" integer NOT NULL,
	"aborted" integer NOT NULL,
	"strays" integer NOT NULL,
	"latency" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "request_counts_key" PRIMARY KEY("service_environment_id","source","begins_at","seconds","release_id","route","half","by_share")
) PARTITION BY RANGE ("begins_at");
--> statement-breakpoint
CREATE TABLE "request_hours" (
	"service_environment_id" bigint NOT NULL,
	"source" text NOT NULL,
	"route" text NOT NULL,
	"begins_at" timestamp with time zone NOT NULL,
	"release_id" bigint NOT NULL,
	"requests" bigint NOT NULL,
	"client_errors" bigint NOT NULL,
	"server_errors" bigint NOT NULL,
	"aborted" bigint NOT NULL,
	"strays" bigint NOT NULL,
	"latency" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "request_hours_key" PRIMARY KEY("service_environment_id","source","route","begins_at","release_id")
) PARTITION BY RANGE ("begins_at");
--> statement-breakpoint
CREATE TABLE "request_minutes" (
	"service_environment_id" bigint NOT NULL,
	"source" text NOT NULL,
	"route" text NOT NULL,
	"begins_at" timestamp with time zone NOT NULL,
	"release_id" bigint NOT NULL,
	"requests" bigint NOT NULL,
	"client_errors" bigint NOT NULL,
	"server_errors" bigint NOT NULL,
	"aborted" bigint NOT NULL,
	"strays" bigint NOT NULL,
	"latency" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "request_minutes_key" PRIMARY KEY("service_environment_id","source","route","begins_at","release_id")
) PARTITION BY RANGE ("begins_at");
--> statement-breakpoint
CREATE TABLE "sums_due" (
	"service_environment_id" bigint NOT NULL,
	"source" text NOT NULL,
	"seconds" smallint NOT NULL,
	"begins_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sums_due_key" PRIMARY KEY("service_environment_id","source","seconds","begins_at")
);
--> statement-breakpoint
ALTER TABLE "request_counts" ADD CONSTRAINT "request_counts_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_hours" ADD CONSTRAINT "request_hours_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_minutes" ADD CONSTRAINT "request_minutes_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sums_due" ADD CONSTRAINT "sums_due_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sums_due_next" ON "sums_due" USING btree ("due_at");--> statement-breakpoint
ALTER TABLE "routers" DROP COLUMN "counted_batch";--> statement-breakpoint
-- All run as their owner: the processes' own role may neither make nor drop tables.
CREATE FUNCTION "open_counts_of"("parent" text, "name" text, "first" timestamp, "beyond" timestamp) RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
	AS $$
	BEGIN
		IF to_regclass('public.' || name) IS NOT NULL THEN
			RETURN;
		END IF;
		PERFORM pg_advisory_xact_lock(7202614);
		IF to_regclass('public.' || name) IS NOT NULL THEN
			RETURN;
		END IF;
		-- Attached, not made in place: that would wait for every reader and hold up the next ones.
		EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', name, parent);
		EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
			parent, name, first AT TIME ZONE 'UTC', beyond AT TIME ZONE 'UTC');
	END
	$$;--> statement-breakpoint
-- Makes room for what is counted at that time.
CREATE FUNCTION "open_counts"("at" timestamp with time zone) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$
	DECLARE
		day timestamp := date_trunc('day', at AT TIME ZONE 'UTC');
		month timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
		name_of_day text := to_char(day, 'YYYYMMDD');
	BEGIN
		PERFORM public.open_counts_of('request_counts', 'request_counts_' || name_of_day, day, day + interval '1 day');
		PERFORM public.open_counts_of('request_minutes', 'request_minutes_' || name_of_day, day, day + interval '1 day');
		PERFORM public.open_counts_of('request_hours', 'request_hours_' || to_char(month, 'YYYYMM'), month, month + interval '1 month');
	END
	$$;--> statement-breakpoint
-- Drops a partition of what was counted more than so many days ago, the oldest first; false where there is none. One at a
-- time: whoever held several would wait for those who read one while they write the other.
CREATE FUNCTION "drop_old_counts"("days" integer, "days_of_minutes" integer, "days_of_hours" integer) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
	AS $$
	DECLARE
		today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
		old text;
	BEGIN
		IF least(days, days_of_minutes, days_of_hours) < 2 THEN
			RAISE EXCEPTION 'counts are kept for two days at least';
		END IF;
		SELECT relname INTO old FROM (VALUES
				('request_counts', to_char(today - days, 'YYYYMMDD'), 60),
				('request_minutes', to_char(today - days_of_minutes, 'YYYYMMDD'), 3600),
				('request_hours', to_char(today - days_of_hours, 'YYYYMM'), null)
			) AS kept(parent, oldest, summed_by)
			JOIN pg_inherits ON inhparent = ('public.' || parent)::regclass
			JOIN pg_class ON pg_class.oid = inhrelid
			WHERE relname < parent || '_' || oldest
				-- What was not summed yet waits for it.
				AND NOT EXISTS (
					SELECT FROM public.sums_due
					WHERE seconds = summed_by AND parent || '_' || to_char(begins_at AT TIME ZONE 'UTC', 'YYYYMMDD') = relname
				)
			ORDER BY relname LIMIT 1;
		IF old IS NULL THEN
			RETURN false;
		END IF;
		EXECUTE format('DROP TABLE public.%I', old);
		RETURN true;
	END
	$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION "open_counts_of"(text, text, timestamp, timestamp), "open_counts"(timestamp with time zone),
	"drop_old_counts"(integer, integer, integer) FROM PUBLIC;--> statement-breakpoint
SELECT "open_counts"("day") FROM (
	SELECT DISTINCT date_trunc('day', "begins_at") AS "day" FROM "traffic_counts"
	UNION SELECT clock_timestamp() + "days" * interval '1 day' FROM generate_series(-1, 1) AS "days"
) AS "times";--> statement-breakpoint
INSERT INTO "request_counts"
	SELECT "service_environment_id", 'router', "begins_at", "seconds", "release_id", "route", "half", "by_share", "requests",
		"client_errors", "server_errors", "aborted", "strays", coalesce((
			SELECT string_agg(lpad("requests_in_slot"::text, 12, '0'), '' ORDER BY "slot" DESC)::numeric
			FROM unnest("latency") WITH ORDINALITY AS "slots"("requests_in_slot", "slot")
		), 0)
	FROM "traffic_counts";--> statement-breakpoint
INSERT INTO "sums_due"
	SELECT DISTINCT "service_environment_id", 'router', 60, date_trunc('minute', "begins_at"), now()
	FROM "traffic_counts";--> statement-breakpoint
DROP TABLE "traffic_counts";--> statement-breakpoint
DROP AGGREGATE "sum_slots"(integer[]);--> statement-breakpoint
DROP FUNCTION "add_slots"(integer[], integer[]);
