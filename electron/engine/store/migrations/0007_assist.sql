CREATE TABLE `assist_cache` (
	`key` text PRIMARY KEY NOT NULL,
	`feature` text NOT NULL,
	`contact_id` text,
	`value` blob NOT NULL,
	`compressed` integer NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `assist_cache_used` ON `assist_cache` (`used_at`);--> statement-breakpoint
CREATE INDEX `assist_cache_contact` ON `assist_cache` (`contact_id`);--> statement-breakpoint
CREATE TABLE `assist_calls` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`feature` text NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text,
	`input_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`took_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `assist_calls_at` ON `assist_calls` (`at`);--> statement-breakpoint
CREATE TABLE `assist_providers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`url` text NOT NULL,
	`models` text NOT NULL,
	`enabled` integer NOT NULL,
	`parallel` integer NOT NULL,
	`timeout_seconds` integer NOT NULL,
	`keep_alive_minutes` integer NOT NULL,
	`redact` integer NOT NULL,
	`position` integer NOT NULL,
	`consent_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`backoff_until` integer,
	`last_error` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `replies` ADD `opinion` text;