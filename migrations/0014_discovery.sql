CREATE TABLE "action_holdouts" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"share" real NOT NULL,
	"salt" text NOT NULL,
	"started_on" date NOT NULL,
	"ended_on" date,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "action_holdouts_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "action_holdouts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "discoveries" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"request" jsonb NOT NULL,
	"state" text NOT NULL,
	"progress" real DEFAULT 0 NOT NULL,
	"stage" text,
	"customers" integer,
	"result" jsonb,
	"error" text,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "discoveries_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "discoveries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "discovery_clusters" (
	"company_id" uuid NOT NULL,
	"discovery_id" uuid NOT NULL,
	"label" integer NOT NULL,
	"customer_ids" uuid[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "discovery_clusters_company_id_discovery_id_label_pk" PRIMARY KEY("company_id","discovery_id","label")
);
--> statement-breakpoint
ALTER TABLE "discovery_clusters" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE UNIQUE INDEX "action_holdouts_one" ON "action_holdouts" USING btree ("company_id") WHERE ended_on is null;--> statement-breakpoint
CREATE INDEX "discoveries_recent" ON "discoveries" USING btree ("company_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE POLICY "tenant" ON "action_holdouts" AS PERMISSIVE FOR ALL TO "app_user" USING ("action_holdouts"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("action_holdouts"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "discoveries" AS PERMISSIVE FOR ALL TO "app_user" USING ("discoveries"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("discoveries"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant" ON "discovery_clusters" AS PERMISSIVE FOR ALL TO "app_user" USING ("discovery_clusters"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("discovery_clusters"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));