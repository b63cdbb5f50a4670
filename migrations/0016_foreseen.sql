CREATE TABLE "forecasts" (
	"company_id" uuid NOT NULL,
	"measure" text NOT NULL,
	"period" text NOT NULL,
	"as_of" date NOT NULL,
	"epoch" bigint NOT NULL,
	"content" jsonb NOT NULL,
	"made_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "forecasts_company_id_measure_period_pk" PRIMARY KEY("company_id","measure","period")
);
--> statement-breakpoint
ALTER TABLE "forecasts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "recommenders" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"model" text NOT NULL,
	"as_of" date NOT NULL,
	"file_key" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"made_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "recommenders_company_id_pk" PRIMARY KEY("company_id")
);
--> statement-breakpoint
ALTER TABLE "recommenders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "tenant" ON "forecasts" AS PERMISSIVE FOR ALL TO "app_user" USING ("forecasts"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("forecasts"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "recommenders" AS PERMISSIVE FOR ALL TO "app_user" USING ("recommenders"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("recommenders"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));