CREATE TABLE `watched_files` (
	`id` text PRIMARY KEY NOT NULL,
	`path` text NOT NULL,
	`plan` text NOT NULL,
	`paused` integer NOT NULL,
	`problem` text,
	`seen` text,
	`hash` text,
	`import_id` text,
	`checked_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `watched_files_path_unique` ON `watched_files` (`path`);