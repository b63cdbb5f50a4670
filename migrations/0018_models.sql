CREATE TABLE "learned_models" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"model" text NOT NULL,
	"model_version" integer NOT NULL,
	"as_of" date NOT NULL,
	"horizon_days" integer NOT NULL,
	"file_key" text,
	"evidence" jsonb NOT NULL,
	"notes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" text,
	"cause" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "learned_models_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "learned_models" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "model_tests" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"a" jsonb NOT NULL,
	"b" jsonb NOT NULL,
	"share" real NOT NULL,
	"started_for" date NOT NULL,
	"ends_for" date NOT NULL,
	"state" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "model_tests_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "model_tests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "shared_parameters" (
	"company_id" uuid NOT NULL,
	"model" text NOT NULL,
	"params" jsonb NOT NULL,
	"as_of" date NOT NULL,
	CONSTRAINT "shared_parameters_company_id_model_pk" PRIMARY KEY("company_id","model")
);
--> statement-breakpoint
ALTER TABLE "shared_parameters" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "share_models" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "tenant_clock" ADD COLUMN "serving_churn" uuid;--> statement-breakpoint
ALTER TABLE "tenant_clock" ADD COLUMN "pinned_model" text;--> statement-breakpoint
ALTER TABLE "customer_stats" ADD COLUMN "churn" real;--> statement-breakpoint
ALTER TABLE "customer_stats" ADD COLUMN "churn_by" text;--> statement-breakpoint
CREATE INDEX "learned_models_recent" ON "learned_models" USING btree ("company_id","kind","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "model_tests_running" ON "model_tests" USING btree ("company_id") WHERE state = 'running';--> statement-breakpoint
CREATE POLICY "tenant" ON "learned_models" AS PERMISSIVE FOR ALL TO "app_user" USING ("learned_models"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("learned_models"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "model_tests" AS PERMISSIVE FOR ALL TO "app_user" USING ("model_tests"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("model_tests"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "shared_parameters" AS PERMISSIVE FOR ALL TO "app_user" USING ("shared_parameters"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("shared_parameters"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));