ALTER TABLE `contacts` ADD `consent_source` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `contacts` ADD `consent_at` integer;