CREATE TABLE "percentile_cuts" (
	"company_id" uuid NOT NULL,
	"measure" text NOT NULL,
	"cut_on" date NOT NULL,
	"points" jsonb NOT NULL,
	CONSTRAINT "percentile_cuts_company_id_measure_cut_on_pk" PRIMARY KEY("company_id","measure","cut_on")
);
--> statement-breakpoint
ALTER TABLE "percentile_cuts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "segment_changes" (
	"company_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"segment_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"change" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"cause" jsonb NOT NULL,
	CONSTRAINT "segment_changes_company_id_seq_segment_id_customer_id_pk" PRIMARY KEY("company_id","seq","segment_id","customer_id")
);
--> statement-breakpoint
ALTER TABLE "segment_changes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "segment_members" (
	"company_id" uuid NOT NULL,
	"segment_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"score" double precision,
	CONSTRAINT "segment_members_company_id_segment_id_customer_id_pk" PRIMARY KEY("company_id","segment_id","customer_id")
);
--> statement-breakpoint
ALTER TABLE "segment_members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "segment_ticks" (
	"company_id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"ticked_to" timestamp with time zone NOT NULL,
	"next_due" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "segment_ticks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "segment_touches" (
	"company_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"what" text,
	CONSTRAINT "segment_touches_company_id_customer_id_kind_pk" PRIMARY KEY("company_id","customer_id","kind")
);
--> statement-breakpoint
ALTER TABLE "segment_touches" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "segments" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"kind" text NOT NULL,
	"definition" jsonb NOT NULL,
	"reads" text[] DEFAULT '{}'::text[] NOT NULL,
	"status" text NOT NULL,
	"origin" text DEFAULT 'made' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"evaluated_version" integer DEFAULT 0 NOT NULL,
	"evaluated_at" timestamp with time zone,
	"members" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text,
	CONSTRAINT "segments_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "segments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "segment_changes_segment" ON "segment_changes" USING btree ("company_id","segment_id","at","customer_id");--> statement-breakpoint
CREATE INDEX "segment_changes_customer" ON "segment_changes" USING btree ("company_id","customer_id","at");--> statement-breakpoint
CREATE INDEX "segment_members_customer" ON "segment_members" USING btree ("company_id","customer_id");--> statement-breakpoint
CREATE INDEX "segment_touches_seq" ON "segment_touches" USING btree ("company_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "segments_name" ON "segments" USING btree ("company_id",lower("name")) WHERE status <> 'archived';--> statement-breakpoint
CREATE POLICY "tenant" ON "percentile_cuts" AS PERMISSIVE FOR ALL TO "app_user" USING ("percentile_cuts"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("percentile_cuts"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "segment_changes" AS PERMISSIVE FOR ALL TO "app_user" USING ("segment_changes"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("segment_changes"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "segment_members" AS PERMISSIVE FOR ALL TO "app_user" USING ("segment_members"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("segment_members"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "segment_ticks" AS PERMISSIVE FOR ALL TO "app_user" USING ("segment_ticks"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("segment_ticks"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "segment_touches" AS PERMISSIVE FOR ALL TO "app_user" USING ("segment_touches"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("segment_touches"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "segments" AS PERMISSIVE FOR ALL TO "app_user" USING ("segments"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("segments"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));