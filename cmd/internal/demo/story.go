package demo

// The concern that the story begins with. It is made up, and so is everybody
// in it.
const (
	storySubject = "Messages about me in the class group chat"
	storyText    = `Hello,

three people on my course keep posting about me in the class group chat. It started two weeks ago. Now they are sharing pictures of me with horrible captions, and yesterday one of them wrote that I should not bother coming back. I have stopped going to the Thursday sessions because of it.

I have put the messages in the file with this mail. Please do not tell them that it was me who wrote to you.

Robin
`
	storyFile  = "group-chat.txt"
	storyProof = `[Tue 19:42] K: look who is back lol
[Tue 19:43] D: omg that picture
[Tue 19:44] M: wait I have a better one
[Wed 08:15] K: do us all a favour and just dont come on thursday
`
)

// concern is the learner's mail as the story tells it.
func concern() Draft {
	return Draft{From: "learner", To: DeskAddress, Subject: storySubject, Text: storyText,
		Files: []File{{Name: storyFile, Type: "text/plain; charset=utf-8", Body: []byte(storyProof)}}}
}
