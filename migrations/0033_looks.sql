ALTER TABLE "tenant_clock" ADD COLUMN "looked_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tenant_clock" ADD COLUMN "grown_to" integer;--> statement-breakpoint
ALTER TABLE "tenant_clock" ADD COLUMN "grown_at" timestamp with time zone;