/** Texts of the contacts screens. */
export const contactsMessages = {
  'save.saved': 'Saved',
  'save.unsaved': 'Not saved yet',
  'save.saving': 'Saving…',
  'save.failed': 'Not saved',
  'save.failedHint': '{message} What you entered is kept here and sent again.',
  'save.now': 'Save now',
  'contactSelect.none': 'Nobody matches.',
  'contactSelect.failed': 'The contacts could not be read.',
  'contacts.title': 'Contacts',
};
