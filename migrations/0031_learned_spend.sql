ALTER TABLE "tenant_clock" ADD COLUMN "serving_spend" uuid;--> statement-breakpoint
ALTER TABLE "tenant_clock" ADD COLUMN "pinned_spend" text;--> statement-breakpoint
ALTER TABLE "customer_stats" ADD COLUMN "predicted_by" text;