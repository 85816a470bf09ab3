CREATE TABLE `competitor_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`competitor` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`sent_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `competitor_mails_competitor` ON `competitor_mails` (`competitor`,`sent_at`);