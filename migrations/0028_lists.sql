CREATE TABLE "list_entries" (
	"company_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	CONSTRAINT "list_entries_company_id_list_id_customer_id_pk" PRIMARY KEY("company_id","list_id","customer_id")
);
--> statement-breakpoint
ALTER TABLE "list_entries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "list_entries_customer" ON "list_entries" USING btree ("company_id","customer_id");--> statement-breakpoint
CREATE POLICY "tenant" ON "list_entries" AS PERMISSIVE FOR ALL TO "app_user" USING ("list_entries"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("list_entries"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));