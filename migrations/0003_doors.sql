CREATE TABLE "event_metrics" (
	"company_id" uuid NOT NULL,
	"type" text NOT NULL,
	"day" date NOT NULL,
	"events" integer NOT NULL,
	"customers" integer NOT NULL,
	"sessions" integer NOT NULL,
	"value" bigint NOT NULL,
	CONSTRAINT "event_metrics_company_id_type_day_pk" PRIMARY KEY("company_id","type","day")
);
--> statement-breakpoint
ALTER TABLE "event_metrics" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "event_sources" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"write_key" text NOT NULL,
	"allowed_origins" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "event_sources_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "event_sources" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "events" (
	"company_id" uuid NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"customer_id" uuid NOT NULL,
	"anonymous_id" text,
	"session_id" text,
	"source" text NOT NULL,
	"properties" jsonb NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "events_company_id_id_occurred_at_pk" PRIMARY KEY("company_id","id","occurred_at")
);
--> statement-breakpoint
ALTER TABLE "events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "metric_days" (
	"company_id" uuid NOT NULL,
	"day" date NOT NULL,
	"touched_seq" bigint DEFAULT 0 NOT NULL,
	"counted_seq" bigint DEFAULT 0 NOT NULL,
	"segments_seq" bigint DEFAULT 0 NOT NULL,
	"segments_at" timestamp with time zone,
	CONSTRAINT "metric_days_company_id_day_pk" PRIMARY KEY("company_id","day")
);
--> statement-breakpoint
ALTER TABLE "metric_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "segment_metrics" (
	"company_id" uuid NOT NULL,
	"segment" text NOT NULL,
	"day" date NOT NULL,
	"customers" integer NOT NULL,
	"entered" integer NOT NULL,
	"left_count" integer NOT NULL,
	"buyers" integer NOT NULL,
	"orders" integer NOT NULL,
	"revenue" bigint NOT NULL,
	"events" bigint NOT NULL,
	"historical_value" bigint NOT NULL,
	"predicted_value" bigint NOT NULL,
	CONSTRAINT "segment_metrics_company_id_segment_day_pk" PRIMARY KEY("company_id","segment","day")
);
--> statement-breakpoint
ALTER TABLE "segment_metrics" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "segment_stays" (
	"company_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"dimension" text NOT NULL,
	"from_day" date NOT NULL,
	"segment" text NOT NULL,
	"until_day" date,
	CONSTRAINT "segment_stays_company_id_customer_id_dimension_from_day_pk" PRIMARY KEY("company_id","customer_id","dimension","from_day")
);
--> statement-breakpoint
ALTER TABLE "segment_stays" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "alert_rules" (
	"company_id" uuid NOT NULL,
	"rule" text NOT NULL,
	"enabled" boolean NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "alert_rules_company_id_rule_pk" PRIMARY KEY("company_id","rule")
);
--> statement-breakpoint
ALTER TABLE "alert_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "alerts" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"rule" text NOT NULL,
	"subject" text NOT NULL,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"detail" jsonb NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"acknowledged_at" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	CONSTRAINT "alerts_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "alerts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "backfills" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"state" text NOT NULL,
	"from_day" date,
	"cursor" text,
	"records_read" integer DEFAULT 0 NOT NULL,
	"records_expected" integer,
	"inserted" integer DEFAULT 0 NOT NULL,
	"updated" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"wait_until" timestamp with time zone,
	"error" text,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "backfills_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "backfills" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "import_mappings" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"header" text NOT NULL,
	"mapping" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "import_mappings_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "import_mappings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "job_runs" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"day" date,
	"cause" text NOT NULL,
	"state" text NOT NULL,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" text,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"touched_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_runs_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "job_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "month_figures" (
	"company_id" uuid NOT NULL,
	"month" date NOT NULL,
	"figure" text NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "month_figures_company_id_month_figure_pk" PRIMARY KEY("company_id","month","figure")
);
--> statement-breakpoint
ALTER TABLE "month_figures" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "payload_fields" (
	"company_id" uuid NOT NULL,
	"source" text NOT NULL,
	"topic" text NOT NULL,
	"path" text NOT NULL,
	"kinds" text NOT NULL,
	"first_seen" timestamp with time zone NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	"seen" integer NOT NULL,
	"missed" integer DEFAULT 0 NOT NULL,
	"kinds_before" text,
	"kinds_changed_at" timestamp with time zone,
	CONSTRAINT "payload_fields_company_id_source_topic_path_pk" PRIMARY KEY("company_id","source","topic","path")
);
--> statement-breakpoint
ALTER TABLE "payload_fields" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "receipt_marks" (
	"company_id" uuid NOT NULL,
	"queue" text NOT NULL,
	"ordinal" bigint NOT NULL,
	CONSTRAINT "receipt_marks_company_id_queue_pk" PRIMARY KEY("company_id","queue")
);
--> statement-breakpoint
ALTER TABLE "receipt_marks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"company_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"day" date NOT NULL,
	"theirs" jsonb NOT NULL,
	"ours" jsonb NOT NULL,
	"drift" jsonb NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "reconciliations_company_id_integration_id_day_pk" PRIMARY KEY("company_id","integration_id","day")
);
--> statement-breakpoint
ALTER TABLE "reconciliations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "source_day" (
	"company_id" uuid NOT NULL,
	"source" text NOT NULL,
	"day" date NOT NULL,
	"received" integer DEFAULT 0 NOT NULL,
	"inserted" integer DEFAULT 0 NOT NULL,
	"updated" integer DEFAULT 0 NOT NULL,
	"repeated" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"ignored" integer DEFAULT 0 NOT NULL,
	"late" integer DEFAULT 0 NOT NULL,
	"hours" integer DEFAULT 0 NOT NULL,
	"last_received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "source_day_company_id_source_day_pk" PRIMARY KEY("company_id","source","day")
);
--> statement-breakpoint
ALTER TABLE "source_day" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "customer_merges" (
	"company_id" uuid NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"kept_id" uuid NOT NULL,
	"gone_id" uuid NOT NULL,
	"moved_transactions" integer NOT NULL,
	"merged_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "customer_merges_company_id_source_external_id_pk" PRIMARY KEY("company_id","source","external_id")
);
--> statement-breakpoint
ALTER TABLE "customer_merges" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "erased_identities" (
	"company_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"hash" text NOT NULL,
	"request_id" uuid NOT NULL,
	"erased_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "erased_identities_company_id_kind_hash_pk" PRIMARY KEY("company_id","kind","hash")
);
--> statement-breakpoint
ALTER TABLE "erased_identities" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "privacy_requests" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"integration_id" uuid,
	"customer_id" uuid,
	"subject_hash" text,
	"state" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"result" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"error" text,
	CONSTRAINT "privacy_requests_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "privacy_requests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "exchange_rates" (
	"company_id" uuid NOT NULL,
	"currency" char(3) NOT NULL,
	"day" date NOT NULL,
	"factor" double precision NOT NULL,
	"origin" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "exchange_rates_company_id_currency_day_pk" PRIMARY KEY("company_id","currency","day")
);
--> statement-breakpoint
ALTER TABLE "exchange_rates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "foreign_currencies" (
	"company_id" uuid NOT NULL,
	"currency" char(3) NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"fetched_at" timestamp with time zone,
	"tried_at" timestamp with time zone,
	"covered_from" date,
	"error" text,
	CONSTRAINT "foreign_currencies_company_id_currency_pk" PRIMARY KEY("company_id","currency")
);
--> statement-breakpoint
ALTER TABLE "foreign_currencies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "payment_keys" (
	"company_id" uuid NOT NULL,
	"key" text NOT NULL,
	"sale_id" uuid NOT NULL,
	CONSTRAINT "payment_keys_company_id_key_pk" PRIMARY KEY("company_id","key")
);
--> statement-breakpoint
ALTER TABLE "payment_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "subscription_changes" (
	"company_id" uuid NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"version_at" timestamp with time zone NOT NULL,
	"version_rank" smallint NOT NULL,
	"status" text NOT NULL,
	"currency" char(3) NOT NULL,
	"monthly_amount" bigint NOT NULL,
	CONSTRAINT "subscription_changes_company_id_source_external_id_version_at_version_rank_pk" PRIMARY KEY("company_id","source","external_id","version_at","version_rank")
);
--> statement-breakpoint
ALTER TABLE "subscription_changes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"company_id" uuid NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"customer_id" uuid NOT NULL,
	"status" text NOT NULL,
	"plan" text,
	"currency" char(3) NOT NULL,
	"monthly_amount" bigint NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"current_period_end" timestamp with time zone,
	"cancel_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"version_at" timestamp with time zone NOT NULL,
	"version_rank" smallint NOT NULL,
	CONSTRAINT "subscriptions_company_id_source_external_id_pk" PRIMARY KEY("company_id","source","external_id")
);
--> statement-breakpoint
ALTER TABLE "subscriptions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "imports_anyway";--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "industry" text;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "share_benchmarks" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "edited_payload" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "became" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "claim_token" uuid;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "claimed_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "file_read" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "read_to" bigint;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "undone" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "file_removed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "uninstalled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "health" jsonb;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "reconciliation" jsonb;--> statement-breakpoint
ALTER TABLE "transaction_keys" ADD COLUMN "sale_id" uuid;--> statement-breakpoint
ALTER TABLE "transaction_keys" ADD COLUMN "precedence" smallint DEFAULT 50 NOT NULL;--> statement-breakpoint
ALTER TABLE "transaction_keys" ADD COLUMN "separated" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "transactions" ADD COLUMN "of_record" boolean DEFAULT true NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "event_sources_key" ON "event_sources" USING btree ("write_key");--> statement-breakpoint
CREATE INDEX "events_type" ON "events" USING btree ("company_id","type","occurred_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "events_customer" ON "events" USING btree ("company_id","customer_id","occurred_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "events_anonymous" ON "events" USING btree ("company_id","anonymous_id","occurred_at" DESC NULLS LAST) WHERE anonymous_id is not null;--> statement-breakpoint
CREATE INDEX "events_time" ON "events" USING btree ("company_id","occurred_at" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE INDEX "events_session" ON "events" USING btree ("company_id","session_id","occurred_at") WHERE session_id is not null;--> statement-breakpoint
CREATE INDEX "metric_days_behind" ON "metric_days" USING btree ("company_id","day") WHERE touched_seq > counted_seq;--> statement-breakpoint
CREATE INDEX "segment_metrics_day" ON "segment_metrics" USING btree ("company_id","day");--> statement-breakpoint
CREATE INDEX "segment_stays_segment" ON "segment_stays" USING btree ("company_id","segment","from_day");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open" ON "alerts" USING btree ("company_id","rule","subject") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "alerts_recent" ON "alerts" USING btree ("company_id","raised_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "backfills_recent" ON "backfills" USING btree ("company_id","integration_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "backfills_one" ON "backfills" USING btree ("company_id","integration_id") WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX "import_mappings_name" ON "import_mappings" USING btree ("company_id","name");--> statement-breakpoint
CREATE INDEX "job_runs_recent" ON "job_runs" USING btree ("company_id","started_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "privacy_requests_external" ON "privacy_requests" USING btree ("company_id","source","kind","external_id");--> statement-breakpoint
CREATE INDEX "payment_keys_sale" ON "payment_keys" USING btree ("company_id","sale_id");--> statement-breakpoint
CREATE INDEX "subscriptions_customer" ON "subscriptions" USING btree ("company_id","customer_id");--> statement-breakpoint
CREATE INDEX "customers_merged" ON "customers" USING btree ("company_id","merged_into","id") WHERE merged_into is not null;--> statement-breakpoint
CREATE INDEX "transaction_keys_sale" ON "transaction_keys" USING btree ("company_id","sale_id") WHERE sale_id is not null;--> statement-breakpoint
CREATE INDEX "transaction_keys_import" ON "transaction_keys" USING btree ("company_id","import_id") WHERE import_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "imports_anyway" ON "imports" USING btree ("company_id","anyway_of") WHERE anyway_of is not null and state not in ('cancelled', 'failed', 'undoing', 'undone');--> statement-breakpoint
CREATE POLICY "tenant" ON "event_metrics" AS PERMISSIVE FOR ALL TO "app_user" USING ("event_metrics"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("event_metrics"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "event_sources" AS PERMISSIVE FOR ALL TO "app_user" USING ("event_sources"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("event_sources"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "events" AS PERMISSIVE FOR ALL TO "app_user" USING ("events"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("events"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "metric_days" AS PERMISSIVE FOR ALL TO "app_user" USING ("metric_days"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("metric_days"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "segment_metrics" AS PERMISSIVE FOR ALL TO "app_user" USING ("segment_metrics"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("segment_metrics"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "segment_stays" AS PERMISSIVE FOR ALL TO "app_user" USING ("segment_stays"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("segment_stays"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "alert_rules" AS PERMISSIVE FOR ALL TO "app_user" USING ("alert_rules"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("alert_rules"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "alerts" AS PERMISSIVE FOR ALL TO "app_user" USING ("alerts"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("alerts"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "backfills" AS PERMISSIVE FOR ALL TO "app_user" USING ("backfills"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("backfills"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "import_mappings" AS PERMISSIVE FOR ALL TO "app_user" USING ("import_mappings"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("import_mappings"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "job_runs" AS PERMISSIVE FOR ALL TO "app_user" USING ("job_runs"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("job_runs"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "month_figures" AS PERMISSIVE FOR ALL TO "app_user" USING ("month_figures"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("month_figures"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "payload_fields" AS PERMISSIVE FOR ALL TO "app_user" USING ("payload_fields"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("payload_fields"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "receipt_marks" AS PERMISSIVE FOR ALL TO "app_user" USING ("receipt_marks"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("receipt_marks"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "reconciliations" AS PERMISSIVE FOR ALL TO "app_user" USING ("reconciliations"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("reconciliations"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "source_day" AS PERMISSIVE FOR ALL TO "app_user" USING ("source_day"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("source_day"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "customer_merges" AS PERMISSIVE FOR ALL TO "app_user" USING ("customer_merges"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("customer_merges"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "erased_identities" AS PERMISSIVE FOR ALL TO "app_user" USING ("erased_identities"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("erased_identities"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "privacy_requests" AS PERMISSIVE FOR ALL TO "app_user" USING ("privacy_requests"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("privacy_requests"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "exchange_rates" AS PERMISSIVE FOR ALL TO "app_user" USING ("exchange_rates"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("exchange_rates"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "foreign_currencies" AS PERMISSIVE FOR ALL TO "app_user" USING ("foreign_currencies"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("foreign_currencies"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "payment_keys" AS PERMISSIVE FOR ALL TO "app_user" USING ("payment_keys"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("payment_keys"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "subscription_changes" AS PERMISSIVE FOR ALL TO "app_user" USING ("subscription_changes"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("subscription_changes"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "subscriptions" AS PERMISSIVE FOR ALL TO "app_user" USING ("subscriptions"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("subscriptions"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));