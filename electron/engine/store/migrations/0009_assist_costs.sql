ALTER TABLE `assist_calls` ADD `cost_micro` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `assist_calls` ADD `currency` text DEFAULT 'USD' NOT NULL;--> statement-breakpoint
ALTER TABLE `assist_providers` ADD `currency` text DEFAULT 'USD' NOT NULL;--> statement-breakpoint
ALTER TABLE `assist_providers` ADD `price_input` real DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `assist_providers` ADD `price_output` real DEFAULT 0 NOT NULL;