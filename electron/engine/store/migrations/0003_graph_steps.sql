CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`enrolment_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`step_id` text NOT NULL,
	`title` text NOT NULL,
	`note` text NOT NULL,
	`state` text NOT NULL,
	`due_at` integer NOT NULL,
	`closed_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`enrolment_id`) REFERENCES `enrolments`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "tasks_state" CHECK("tasks"."state" in ('open','done','skipped','cancelled'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_step` ON `tasks` (`enrolment_id`,`step_id`);--> statement-breakpoint
CREATE INDEX `tasks_open` ON `tasks` (`due_at`) WHERE "tasks"."state" = 'open';--> statement-breakpoint
CREATE INDEX `tasks_contact` ON `tasks` (`contact_id`);--> statement-breakpoint
CREATE TABLE `webhook_calls` (
	`id` text PRIMARY KEY NOT NULL,
	`unique_key` text NOT NULL,
	`url` text NOT NULL,
	`body` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer NOT NULL,
	`answer` text,
	`campaign_id` text,
	`enrolment_id` text,
	`contact_id` text,
	`step_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "webhook_calls_state" CHECK("webhook_calls"."state" in ('planned','sent','failed'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_calls_key` ON `webhook_calls` (`unique_key`);--> statement-breakpoint
CREATE INDEX `webhook_calls_due` ON `webhook_calls` (`next_at`) WHERE "webhook_calls"."state" = 'planned';--> statement-breakpoint
CREATE INDEX `webhook_calls_failed` ON `webhook_calls` (`updated_at`) WHERE "webhook_calls"."state" = 'failed';--> statement-breakpoint
ALTER TABLE `deliveries` ADD `needs_approval` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `enrolments` ADD `entered_at` integer;--> statement-breakpoint
ALTER TABLE `enrolments` ADD `wake_at` integer;--> statement-breakpoint
ALTER TABLE `enrolments` ADD `looked_at` integer;--> statement-breakpoint
CREATE INDEX `enrolments_wake` ON `enrolments` (`wake_at`) WHERE "enrolments"."state" = 'active' and "enrolments"."wake_at" is not null;