CREATE TABLE "action_holdout_people" (
	"company_id" uuid NOT NULL,
	"holdout_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"action" text NOT NULL,
	"held_out" boolean NOT NULL,
	CONSTRAINT "action_holdout_people_company_id_customer_id_holdout_id_pk" PRIMARY KEY("company_id","customer_id","holdout_id")
);
--> statement-breakpoint
ALTER TABLE "action_holdout_people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "action_holdouts" ADD COLUMN "result" jsonb;--> statement-breakpoint
ALTER TABLE "action_holdouts" ADD CONSTRAINT "action_holdouts_share" CHECK ("action_holdouts"."share" > 0 and "action_holdouts"."share" <= 1);--> statement-breakpoint
ALTER TABLE "action_holdouts" ADD CONSTRAINT "action_holdouts_days" CHECK ("action_holdouts"."ended_on" >= "action_holdouts"."started_on");--> statement-breakpoint
CREATE POLICY "tenant" ON "action_holdout_people" AS PERMISSIVE FOR ALL TO "app_user" USING ("action_holdout_people"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("action_holdout_people"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));