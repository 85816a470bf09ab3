CREATE TABLE `bulk_changes` (
	`id` text PRIMARY KEY NOT NULL,
	`action` text NOT NULL,
	`state` text NOT NULL,
	`total` integer NOT NULL,
	`done` integer NOT NULL,
	`changed` integer NOT NULL,
	`error` text,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `bulk_changes_created` ON `bulk_changes` (`created_at`);--> statement-breakpoint
CREATE TABLE `bulk_undo` (
	`change_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`before` text NOT NULL,
	PRIMARY KEY(`change_id`, `contact_id`),
	FOREIGN KEY (`change_id`) REFERENCES `bulk_changes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `bulk_undo_contact` ON `bulk_undo` (`contact_id`);--> statement-breakpoint
CREATE TABLE `custom_fields` (
	`name` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`choices` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
