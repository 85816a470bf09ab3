CREATE TABLE `profiles` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `profiles_token_hash_unique` ON `profiles` (`token_hash`);--> statement-breakpoint
ALTER TABLE `campaigns` ADD `owner_id` text;