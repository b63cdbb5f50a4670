CREATE TABLE "closed_sales" (
	"company_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"day" date NOT NULL,
	"source" text NOT NULL,
	"orders" integer NOT NULL,
	"zero_orders" integer NOT NULL,
	"purchases" integer NOT NULL,
	"gross" bigint NOT NULL,
	"refunded" bigint NOT NULL,
	"order_net" bigint NOT NULL,
	"uncounted" integer NOT NULL,
	CONSTRAINT "closed_sales_company_id_customer_id_day_source_pk" PRIMARY KEY("company_id","customer_id","day","source")
);
--> statement-breakpoint
ALTER TABLE "closed_sales" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "keep_years" smallint DEFAULT 5;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "keep_years_set_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "closed_before" date;--> statement-breakpoint
CREATE POLICY "tenant" ON "closed_sales" AS PERMISSIVE FOR ALL TO "app_user" USING ("closed_sales"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("closed_sales"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));