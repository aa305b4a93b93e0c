DROP INDEX "deployments_leases";--> statement-breakpoint
CREATE INDEX "deployments_leases" ON "deployments" USING btree ("lease_expires_at") WHERE lease_expires_at is not null;