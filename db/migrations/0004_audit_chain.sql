CREATE INDEX "audit_entries_happened" ON "audit_entries" USING btree ("happened_at","id");--> statement-breakpoint
CREATE INDEX "audit_entries_action" ON "audit_entries" USING btree ("action","happened_at","id");--> statement-breakpoint
-- Nothing may be written between the last entry that is chained here and the first that chains itself.
LOCK TABLE "audit_entries", "audit_head" IN SHARE ROW EXCLUSIVE MODE;--> statement-breakpoint
-- Every field with its length in bytes before it, `-` for null: no two entries have the same text.
-- server/services/audit/entry-hash.ts says the same in TypeScript, so that neither has to be believed alone.
CREATE FUNCTION "audit_hash"("entry" "public"."audit_entries", "place" bigint, "previous" text) RETURNS text
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
	AS $$
		SELECT encode(sha256(convert_to(string_agg(
			coalesce(octet_length(convert_to(field, 'UTF8'))::text || ':' || field, '-'), '' ORDER BY number), 'UTF8')), 'hex')
		FROM unnest(ARRAY[
			previous, place::text, entry.id::text,
			to_char(entry.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
			entry.actor_kind, entry.actor_id::text, entry.actor_name, entry.actor_address,
			entry.action, entry.subject, entry.before::text, entry.after::text
		]) WITH ORDINALITY AS fields (field, number)
	$$;--> statement-breakpoint
-- Runs at COMMIT: the head is locked for the end of the transaction only, when it waits for nothing else any more.
CREATE FUNCTION "chain_audit_entry"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$
	DECLARE
		head public.audit_head;
		next_hash text;
	BEGIN
		SELECT * INTO STRICT head FROM public.audit_head WHERE id = 1 FOR UPDATE;
		next_hash := public.audit_hash(NEW, head.sequence + 1, head.hash);
		UPDATE public.audit_entries SET sequence = head.sequence + 1, hash = next_hash
			WHERE id = NEW.id AND hash IS NULL;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'an audit entry gets its hash at commit and from nobody else';
		END IF;
		UPDATE public.audit_head SET sequence = head.sequence + 1, hash = next_hash WHERE id = 1;
		RETURN NULL;
	END
	$$;--> statement-breakpoint
-- Whoever may execute it could hang it on a table of their own.
REVOKE ALL ON FUNCTION "chain_audit_entry"() FROM PUBLIC;--> statement-breakpoint
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
	AS $$
	BEGIN
		IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
			RETURN NEW;
		END IF;
		RAISE EXCEPTION 'the audit log is append-only: % of % is refused', lower(TG_OP), TG_TABLE_NAME
			USING ERRCODE = 'insufficient_privilege';
	END
	$$;--> statement-breakpoint
INSERT INTO "audit_head" ("id", "sequence", "hash") VALUES (1, 0, repeat('0', 64));--> statement-breakpoint
-- What was recorded before there was a chain comes first, in the order in which it was written.
DO $$
	DECLARE
		entry public.audit_entries;
		place bigint := 0;
		previous text := repeat('0', 64);
	BEGIN
		FOR entry IN SELECT * FROM public.audit_entries ORDER BY id LOOP
			place := place + 1;
			previous := public.audit_hash(entry, place, previous);
			UPDATE public.audit_entries SET sequence = place, hash = previous WHERE id = entry.id;
		END LOOP;
		UPDATE public.audit_head SET sequence = place, hash = previous WHERE id = 1;
	END
$$;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "chain_audit_entry" AFTER INSERT ON "audit_entries"
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "chain_audit_entry"();--> statement-breakpoint
CREATE TRIGGER "keep_audit_entry" BEFORE UPDATE OR DELETE ON "audit_entries"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();--> statement-breakpoint
CREATE TRIGGER "keep_audit_entries" BEFORE TRUNCATE ON "audit_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();--> statement-breakpoint
CREATE TRIGGER "keep_audit_head" BEFORE INSERT OR UPDATE OR DELETE ON "audit_head"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();--> statement-breakpoint
CREATE TRIGGER "keep_audit_heads" BEFORE TRUNCATE ON "audit_head"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
