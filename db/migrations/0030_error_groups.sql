CREATE TABLE "error_groups" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "error_groups_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"service_environment_id" bigint NOT NULL,
	"fingerprint" text NOT NULL,
	"type" text NOT NULL,
	"message" text NOT NULL,
	"culprit" text,
	"source" text NOT NULL,
	"first_release_id" bigint NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"sample" jsonb NOT NULL,
	CONSTRAINT "error_groups_fingerprint_once" UNIQUE("service_environment_id","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "error_counts" (
	"group_id" bigint NOT NULL,
	"begins_at" timestamp with time zone NOT NULL,
	"release_id" bigint NOT NULL,
	"source" text NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "error_counts_key" PRIMARY KEY("group_id","begins_at","release_id","source")
) PARTITION BY RANGE ("begins_at");
--> statement-breakpoint
ALTER TABLE "error_groups" ADD CONSTRAINT "error_groups_service_environment_id_service_environments_id_fk" FOREIGN KEY ("service_environment_id") REFERENCES "public"."service_environments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "error_groups_seen" ON "error_groups" USING btree ("service_environment_id","last_seen_at");--> statement-breakpoint
-- Makes room for what is counted at that time.
CREATE OR REPLACE FUNCTION "open_counts"("at" timestamp with time zone) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$
	DECLARE
		day timestamp := date_trunc('day', at AT TIME ZONE 'UTC');
		month timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
		name_of_day text := to_char(day, 'YYYYMMDD');
	BEGIN
		PERFORM public.open_counts_of('request_counts', 'request_counts_' || name_of_day, day, day + interval '1 day');
		PERFORM public.open_counts_of('request_minutes', 'request_minutes_' || name_of_day, day, day + interval '1 day');
		PERFORM public.open_counts_of('error_counts', 'error_counts_' || name_of_day, day, day + interval '1 day');
		PERFORM public.open_counts_of('request_hours', 'request_hours_' || to_char(month, 'YYYYMM'), month, month + interval '1 month');
	END
	$$;--> statement-breakpoint
-- Drops a partition of what was counted more than so many days ago, the oldest first; false where there is none. One at a
-- time: whoever held several would wait for those who read one while they write the other.
CREATE OR REPLACE FUNCTION "drop_old_counts"("days" integer, "days_of_minutes" integer, "days_of_hours" integer) RETURNS boolean
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
				('error_counts', to_char(today - days_of_minutes, 'YYYYMMDD'), null),
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
SELECT "open_counts"(clock_timestamp() + "days" * interval '1 day') FROM generate_series(-1, 1) AS "days";
