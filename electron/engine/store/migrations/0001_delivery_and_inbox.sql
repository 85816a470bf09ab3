CREATE TABLE `contact_aliases` (
	`email` text PRIMARY KEY NOT NULL,
	`contact_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`contact_id`) REFERENCES `contacts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `contact_aliases_contact` ON `contact_aliases` (`contact_id`);--> statement-breakpoint
CREATE TABLE `domain_providers` (
	`domain` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`checked_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `domain_health` (
	`domain` text PRIMARY KEY NOT NULL,
	`checked_at` integer NOT NULL,
	`selectors` text DEFAULT '[]' NOT NULL,
	`report` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `mailbox_days` (
	`mailbox_id` text NOT NULL,
	`day` text NOT NULL,
	`plan` text NOT NULL,
	PRIMARY KEY(`mailbox_id`, `day`),
	FOREIGN KEY (`mailbox_id`) REFERENCES `mailboxes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `files` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`media_type` text NOT NULL,
	`size` integer NOT NULL,
	`sha256` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `contacts` ADD `guessed_zone` text;--> statement-breakpoint
ALTER TABLE `contacts` ADD `zone_source` text;--> statement-breakpoint
ALTER TABLE `contacts` ADD `company_key` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `contacts_company_key` ON `contacts` (`company_key`) WHERE "contacts"."company_key" <> '';--> statement-breakpoint
ALTER TABLE `deliveries` ADD `first_tried_at` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `wire_message_id` text;--> statement-breakpoint
CREATE INDEX `deliveries_wire_message` ON `deliveries` (`wire_message_id`) WHERE "deliveries"."wire_message_id" is not null;--> statement-breakpoint
ALTER TABLE `folder_cursors` ADD `role` text;--> statement-breakpoint
ALTER TABLE `folder_cursors` ADD `highest_modseq` text;--> statement-breakpoint
ALTER TABLE `replies` ADD `intent` text;--> statement-breakpoint
ALTER TABLE `replies` ADD `delegate` text;--> statement-breakpoint
ALTER TABLE `replies` ADD `language` text;--> statement-breakpoint
ALTER TABLE `replies` ADD `predicted` text;--> statement-breakpoint
ALTER TABLE `replies` ADD `conversation_key` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `replies` ADD `snoozed_until` integer;--> statement-breakpoint
ALTER TABLE `replies` ADD `done_at` integer;--> statement-breakpoint
CREATE INDEX `replies_conversation` ON `replies` (`conversation_key`,`received_at`);--> statement-breakpoint
CREATE INDEX `replies_snoozed` ON `replies` (`snoozed_until`) WHERE "replies"."snoozed_until" is not null;--> statement-breakpoint
ALTER TABLE `domain_backoffs` ADD `answer` text;--> statement-breakpoint
ALTER TABLE `domain_backoffs` ADD `updated_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `aliases` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `send_as` text;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `absences` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `ramp` text;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `dkim` text;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `oauth` text;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `provider` text;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `message_id_policy` text DEFAULT 'unknown' NOT NULL;