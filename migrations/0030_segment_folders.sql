ALTER TABLE "segments" ADD COLUMN "folder" text;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "tags" text[] DEFAULT '{}'::text[] NOT NULL;