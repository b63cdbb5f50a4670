CREATE TABLE "user_identities" (
	"company_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"email" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "user_identities_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "user_identities" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "password_hash" DROP NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "user_identities_subject" ON "user_identities" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "user_identities_user" ON "user_identities" USING btree ("company_id","user_id");--> statement-breakpoint
CREATE POLICY "tenant" ON "user_identities" AS PERMISSIVE FOR ALL TO "app_user" USING ("user_identities"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid)) WITH CHECK ("user_identities"."company_id" = (select nullif(current_setting('app.company_id', true), '')::uuid));