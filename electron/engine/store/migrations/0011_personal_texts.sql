CREATE TABLE `personal_texts` (
	`delivery_id` text PRIMARY KEY NOT NULL,
	`contact_id` text NOT NULL,
	`state` text NOT NULL,
	`text` text,
	`source` text,
	`note` text,
	`model` text,
	`facts` text,
	`variation` integer DEFAULT 0 NOT NULL,
	`unapproved` text NOT NULL,
	`written_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `personal_texts_waiting` ON `personal_texts` (`delivery_id`) WHERE "personal_texts"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX `personal_texts_contact` ON `personal_texts` (`contact_id`);--> statement-breakpoint
ALTER TABLE `deliveries` ADD `approved_hash` text;