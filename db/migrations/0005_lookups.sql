CREATE INDEX "api_tokens_made" ON "api_tokens" USING btree ("created_by","id");--> statement-breakpoint
CREATE INDEX "invitations_email" ON "invitations" USING btree ("email");--> statement-breakpoint
CREATE INDEX "services_team" ON "services" USING btree ("team");