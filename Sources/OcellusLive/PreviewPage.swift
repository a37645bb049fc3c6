enum PreviewPage { static let html = "<img src=/stream>" }
