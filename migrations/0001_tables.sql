CREATE TABLE "api_keys" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"key_hash" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "clv_calculations" (
	"company_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"calculated_for" date NOT NULL,
	"model_run_id" uuid,
	"historical_value" bigint NOT NULL,
	"predicted_value" bigint NOT NULL,
	"predicted_low" bigint NOT NULL,
	"predicted_high" bigint NOT NULL,
	"total_clv" bigint NOT NULL,
	"p_alive" real,
	CONSTRAINT "clv_calculations_company_id_customer_id_calculated_for_pk" PRIMARY KEY("company_id","customer_id","calculated_for")
);
--> statement-breakpoint
ALTER TABLE "clv_calculations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "cohort_month" (
	"company_id" uuid NOT NULL,
	"cohort" date NOT NULL,
	"month" date NOT NULL,
	"customers" integer NOT NULL,
	"orders" integer NOT NULL,
	"gross" bigint NOT NULL,
	"order_net" bigint NOT NULL,
	CONSTRAINT "cohort_month_company_id_cohort_month_pk" PRIMARY KEY("company_id","cohort","month")
);
--> statement-breakpoint
ALTER TABLE "cohort_month" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "companies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"currency" char(3) NOT NULL,
	"time_zone" text NOT NULL,
	"analysis_date" date,
	"horizon_days" integer DEFAULT 365 NOT NULL,
	"discount_rate" real DEFAULT 0.1 NOT NULL,
	"revenue_basis" text DEFAULT 'net_sales' NOT NULL,
	"count_zero_orders" boolean DEFAULT false NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "companies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customer_day" (
	"company_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"day" date NOT NULL,
	"orders" integer NOT NULL,
	"purchases" integer NOT NULL,
	"gross" bigint NOT NULL,
	"refunded" bigint NOT NULL,
	"order_net" bigint NOT NULL,
	"uncounted" integer NOT NULL,
	CONSTRAINT "customer_day_company_id_customer_id_day_pk" PRIMARY KEY("company_id","customer_id","day")
);
--> statement-breakpoint
ALTER TABLE "customer_day" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customer_identities" (
	"company_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"customer_id" uuid NOT NULL,
	CONSTRAINT "customer_identities_company_id_kind_value_pk" PRIMARY KEY("company_id","kind","value")
);
--> statement-breakpoint
ALTER TABLE "customer_identities" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customer_month" (
	"company_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"month" date NOT NULL,
	"orders" integer NOT NULL,
	"purchases" integer NOT NULL,
	"gross" bigint NOT NULL,
	"order_net" bigint NOT NULL,
	CONSTRAINT "customer_month_company_id_customer_id_month_pk" PRIMARY KEY("company_id","customer_id","month")
);
--> statement-breakpoint
ALTER TABLE "customer_month" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customer_stats" (
	"company_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"orders" integer DEFAULT 0 NOT NULL,
	"purchase_days" integer DEFAULT 0 NOT NULL,
	"first_day" date,
	"last_day" date,
	"previous_day" date,
	"gross" bigint DEFAULT 0 NOT NULL,
	"refunded" bigint DEFAULT 0 NOT NULL,
	"historical_value" bigint DEFAULT 0 NOT NULL,
	"repeat_spend" bigint DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"p_alive" real,
	"expected_orders" real,
	"expected_spend" bigint,
	"predicted_value" bigint DEFAULT 0 NOT NULL,
	"predicted_low" bigint DEFAULT 0 NOT NULL,
	"predicted_high" bigint DEFAULT 0 NOT NULL,
	"total_value" bigint DEFAULT 0 NOT NULL,
	"next_order_day" date,
	"recency_score" smallint DEFAULT 0 NOT NULL,
	"frequency_score" smallint DEFAULT 0 NOT NULL,
	"monetary_score" smallint DEFAULT 0 NOT NULL,
	"stage" text,
	"scored_version" bigint DEFAULT -1 NOT NULL,
	"scored_for" date,
	CONSTRAINT "customer_stats_company_id_customer_id_pk" PRIMARY KEY("company_id","customer_id")
);
--> statement-breakpoint
ALTER TABLE "customer_stats" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customers" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"email" text,
	"name" text,
	"country" text,
	"acquisition_channel" text,
	"acquisition_cost" bigint,
	"acquired_on" date,
	"consent_email" text DEFAULT 'unknown' NOT NULL,
	"attributes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version_at" timestamp with time zone,
	"merged_into" uuid,
	"name_key" text GENERATED ALWAYS AS (lower(name)) STORED,
	"surname_key" text GENERATED ALWAYS AS (lower(regexp_replace(name, '^.*\s', ''))) STORED,
	"email_key" text GENERATED ALWAYS AS (lower(email)) STORED,
	"external_key" text GENERATED ALWAYS AS (lower(external_id)) STORED,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "customers_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "customers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "daily_rollup" (
	"company_id" uuid NOT NULL,
	"day" date NOT NULL,
	"orders" integer NOT NULL,
	"gross" bigint NOT NULL,
	"refunded" bigint NOT NULL,
	"buyers" integer NOT NULL,
	"new_customers" integer NOT NULL,
	"unattributed" integer NOT NULL,
	"uncounted" integer NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "daily_rollup_company_id_day_pk" PRIMARY KEY("company_id","day")
);
--> statement-breakpoint
ALTER TABLE "daily_rollup" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"door" text NOT NULL,
	"source" text NOT NULL,
	"delivery_id" text NOT NULL,
	"topic" text NOT NULL,
	"payload" text NOT NULL,
	"headers" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"error" text NOT NULL,
	"history" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp with time zone,
	"resolution" text,
	CONSTRAINT "dead_letters_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "dead_letters" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "import_rejections" (
	"company_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"code" text NOT NULL,
	"reason" text NOT NULL,
	"column_name" text,
	"raw" text NOT NULL,
	CONSTRAINT "import_rejections_company_id_import_id_line_pk" PRIMARY KEY("company_id","import_id","line")
);
--> statement-breakpoint
ALTER TABLE "import_rejections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "import_skipped" (
	"company_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"raw" text NOT NULL,
	CONSTRAINT "import_skipped_company_id_import_id_line_pk" PRIMARY KEY("company_id","import_id","line")
);
--> statement-breakpoint
ALTER TABLE "import_skipped" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "imports" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"file_key" text NOT NULL,
	"state" text NOT NULL,
	"mapping" jsonb NOT NULL,
	"bytes_total" bigint,
	"bytes_read" bigint DEFAULT 0 NOT NULL,
	"time_zone" text,
	"anyway_of" uuid,
	"lines_read" integer DEFAULT 0 NOT NULL,
	"inserted" integer DEFAULT 0 NOT NULL,
	"unchanged" integer DEFAULT 0 NOT NULL,
	"skipped" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"error" text,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "imports_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "imports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "integrations" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"platform" text NOT NULL,
	"name" text NOT NULL,
	"credentials" text NOT NULL,
	"credential_key_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "integrations_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "integrations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "model_runs" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"model" text NOT NULL,
	"model_version" integer NOT NULL,
	"source" text NOT NULL,
	"as_of" date NOT NULL,
	"parameters" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"notes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" text,
	"cause" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_runs_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "model_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sessions" (
	"company_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"user_agent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "sessions_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tenant_clock" (
	"company_id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"epoch" integer DEFAULT 0 NOT NULL,
	"night_done_for" date,
	"rfm_cuts" jsonb,
	"serving_model" uuid
);
--> statement-breakpoint
ALTER TABLE "tenant_clock" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "transaction_items" (
	"company_id" uuid NOT NULL,
	"transaction_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"product_id" text,
	"sku" text,
	"name" text NOT NULL,
	"category" text,
	"quantity" integer NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "transaction_items_company_id_transaction_id_line_pk" PRIMARY KEY("company_id","transaction_id","line")
);
--> statement-breakpoint
ALTER TABLE "transaction_items" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "transaction_keys" (
	"company_id" uuid NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"transaction_id" uuid NOT NULL,
	"transaction_date" timestamp with time zone NOT NULL,
	"version_at" timestamp with time zone NOT NULL,
	"version_rank" smallint NOT NULL,
	"order_external_id" text,
	"import_id" uuid,
	"parked" boolean DEFAULT false NOT NULL,
	CONSTRAINT "transaction_keys_company_id_source_external_id_pk" PRIMARY KEY("company_id","source","external_id")
);
--> statement-breakpoint
ALTER TABLE "transaction_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "transactions" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"transaction_date" timestamp with time zone NOT NULL,
	"customer_id" uuid NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"kind" text NOT NULL,
	"type" text NOT NULL,
	"order_external_id" text,
	"label" text,
	"status" text NOT NULL,
	"source_counts" boolean NOT NULL,
	"counted" boolean NOT NULL,
	"channel" text,
	"currency" char(3) NOT NULL,
	"given" bigint,
	"goods" bigint NOT NULL,
	"discount" bigint NOT NULL,
	"tax" bigint NOT NULL,
	"shipping" bigint NOT NULL,
	"tip" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"refunded" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "transactions_company_id_id_transaction_date_pk" PRIMARY KEY("company_id","id","transaction_date")
);
--> statement-breakpoint
ALTER TABLE "transactions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "users" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"email" text NOT NULL,
	"name" text,
	"role" text NOT NULL,
	"password_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "verifications" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"checked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"differences" jsonb NOT NULL,
	"seconds" double precision NOT NULL,
	CONSTRAINT "verifications_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "verifications" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("key_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "companies_slug" ON "companies" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "customer_identities_customer" ON "customer_identities" USING btree ("company_id","customer_id");--> statement-breakpoint
CREATE INDEX "customer_stats_seq" ON "customer_stats" USING btree ("company_id","seq");--> statement-breakpoint
CREATE INDEX "customer_stats_total" ON "customer_stats" USING btree ("company_id","total_value" DESC NULLS LAST,"customer_id");--> statement-breakpoint
CREATE INDEX "customer_stats_historical" ON "customer_stats" USING btree ("company_id","historical_value" DESC NULLS LAST,"customer_id");--> statement-breakpoint
CREATE INDEX "customer_stats_predicted" ON "customer_stats" USING btree ("company_id","predicted_value" DESC NULLS LAST,"customer_id");--> statement-breakpoint
CREATE INDEX "customer_stats_last" ON "customer_stats" USING btree ("company_id","last_day" DESC NULLS LAST,"customer_id");--> statement-breakpoint
CREATE INDEX "customer_stats_orders" ON "customer_stats" USING btree ("company_id","orders" DESC NULLS LAST,"customer_id");--> statement-breakpoint
CREATE INDEX "customer_stats_stage" ON "customer_stats" USING btree ("company_id","stage","total_value" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "customer_stats_unscored" ON "customer_stats" USING btree ("company_id") WHERE scored_version <> version;--> statement-breakpoint
CREATE INDEX "customers_name" ON "customers" USING btree ("company_id","name_key");--> statement-breakpoint
CREATE INDEX "customers_surname" ON "customers" USING btree ("company_id","surname_key");--> statement-breakpoint
CREATE INDEX "customers_email" ON "customers" USING btree ("company_id","email_key");--> statement-breakpoint
CREATE INDEX "customers_external" ON "customers" USING btree ("company_id","external_key");--> statement-breakpoint
CREATE INDEX "daily_rollup_seq" ON "daily_rollup" USING btree ("company_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "dead_letters_delivery" ON "dead_letters" USING btree ("company_id","door","source","delivery_id");--> statement-breakpoint
CREATE INDEX "dead_letters_open" ON "dead_letters" USING btree ("company_id","created_at" DESC NULLS LAST) WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "imports_recent" ON "imports" USING btree ("company_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "imports_anyway" ON "imports" USING btree ("company_id","anyway_of") WHERE anyway_of is not null and state not in ('cancelled', 'failed');--> statement-breakpoint
CREATE UNIQUE INDEX "integrations_id" ON "integrations" USING btree ("id");--> statement-breakpoint
CREATE INDEX "model_runs_recent" ON "model_runs" USING btree ("company_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token" ON "sessions" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("company_id","user_id");--> statement-breakpoint
CREATE INDEX "transaction_keys_order" ON "transaction_keys" USING btree ("company_id","source","order_external_id") WHERE order_external_id is not null;--> statement-breakpoint
CREATE INDEX "transaction_keys_parked" ON "transaction_keys" USING btree ("company_id") WHERE parked;--> statement-breakpoint
CREATE INDEX "transactions_customer" ON "transactions" USING btree ("company_id","customer_id","transaction_date" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE POLICY "tenant" ON "api_keys" AS PERMISSIVE FOR ALL TO "app_user" USING ("api_keys"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("api_keys"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "clv_calculations" AS PERMISSIVE FOR ALL TO "app_user" USING ("clv_calculations"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("clv_calculations"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "cohort_month" AS PERMISSIVE FOR ALL TO "app_user" USING ("cohort_month"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("cohort_month"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "companies" AS PERMISSIVE FOR ALL TO "app_user" USING ("companies"."id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("companies"."id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "customer_day" AS PERMISSIVE FOR ALL TO "app_user" USING ("customer_day"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("customer_day"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "customer_identities" AS PERMISSIVE FOR ALL TO "app_user" USING ("customer_identities"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("customer_identities"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "customer_month" AS PERMISSIVE FOR ALL TO "app_user" USING ("customer_month"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("customer_month"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "customer_stats" AS PERMISSIVE FOR ALL TO "app_user" USING ("customer_stats"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("customer_stats"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "customers" AS PERMISSIVE FOR ALL TO "app_user" USING ("customers"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("customers"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "daily_rollup" AS PERMISSIVE FOR ALL TO "app_user" USING ("daily_rollup"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("daily_rollup"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "dead_letters" AS PERMISSIVE FOR ALL TO "app_user" USING ("dead_letters"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("dead_letters"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "import_rejections" AS PERMISSIVE FOR ALL TO "app_user" USING ("import_rejections"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("import_rejections"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "import_skipped" AS PERMISSIVE FOR ALL TO "app_user" USING ("import_skipped"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("import_skipped"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "imports" AS PERMISSIVE FOR ALL TO "app_user" USING ("imports"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("imports"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "integrations" AS PERMISSIVE FOR ALL TO "app_user" USING ("integrations"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("integrations"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "model_runs" AS PERMISSIVE FOR ALL TO "app_user" USING ("model_runs"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("model_runs"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "sessions" AS PERMISSIVE FOR ALL TO "app_user" USING ("sessions"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("sessions"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "tenant_clock" AS PERMISSIVE FOR ALL TO "app_user" USING ("tenant_clock"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("tenant_clock"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "transaction_items" AS PERMISSIVE FOR ALL TO "app_user" USING ("transaction_items"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("transaction_items"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "transaction_keys" AS PERMISSIVE FOR ALL TO "app_user" USING ("transaction_keys"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("transaction_keys"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "transactions" AS PERMISSIVE FOR ALL TO "app_user" USING ("transactions"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("transactions"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "users" AS PERMISSIVE FOR ALL TO "app_user" USING ("users"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("users"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "verifications" AS PERMISSIVE FOR ALL TO "app_user" USING ("verifications"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("verifications"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));