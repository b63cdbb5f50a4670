ALTER TABLE "list_entries" ADD COLUMN "added_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "list_entries" ADD COLUMN "added_by" text;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "defined_at" timestamp with time zone;