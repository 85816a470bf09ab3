// Dates, numbers and words as a British reader sees them, whatever the machine speaks.
Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true });
