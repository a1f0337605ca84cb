/**
 * Other speech that the judgement is fitted to, from single words to what is near to a command. None of it is what the accuracy
 * bench measures with, nor a variant of that.
 */
export const FIT_SPEECH: readonly string[] = `
did you finish your homework
i have to go to work tomorrow
what did you have for dinner
close the door behind you
we should play something else
how was your weekend
i need a new mouse
my phone battery is almost empty
where did you put the keys
let us take a break
he never listens to anyone
the train leaves at half past seven
i forgot my password again
do you like this song
there is a spider on the wall
she called me this morning
mom says dinner is ready
just a moment
this game runs badly on my computer
who is that
good morning everyone
see you later
that was so unlucky
my headset is broken
the update takes forever
what is two plus two
how much does it cost
where do you live
are we going to the cinema
i am going to bed
they have a new baby
the score of the football match was three to one
how many people are coming
yes
oh my god
thanks a lot my friend
somebody moved the ladder yesterday
the soup is getting cold
are you coming to the wedding
the neighbours are having a barbecue
she plays the violin every evening
do we still have any onions
he parked the van on the lawn
that documentary was fascinating
could you lend me twenty dollars
the printer has run out of paper
we painted the fence last summer
my knee still aches
grandpa told us about the old days
let me grab a sandwich
the teacher gave us too much reading
i burned the toast again
hand me the scissors
the elevator is stuck
they cancelled my flight
this coat does not fit anymore
what a mess
i slept terribly
you look tired
the baby finally fell asleep
can you hear the thunder
there is no signal down here
he has been promoted
the bakery opens at six
take your shoes off
did anyone feed the fish
i found a coin under the sofa
the lamp keeps blinking
we should visit them in august
she wants to study medicine
that joke was awful
the tap is dripping
my laptop needs charging
who ate the last cookie
bless you
excuse me
good luck with the exam
sorry i was muted
okay
sure
maybe
hello
hang on
all right then
i see what you mean
here we go
come on
let me think
you must be joking
what was that
why not
says who
it does not matter
where have you been all day
what do you want for lunch
how do you spell that
what is wrong with you
who left the lights on
how long have you known her
how much was the ticket
what should we cook
where can i park
what happened at school
who is calling
who won the election
how is your mother
who has the charger
we have a new puppy
they have the wrong address
i am late for work
i am so bored
i am going out
i have to take the bins out
need a hand with that
hold the ladder for me
hold my drink
follow the signs to the airport
cover the pot with a lid
fall is my favorite season
stop teasing your sister
repeat after me
be careful on the ice
help yourself to some cake
two tickets for the late show
three of my friends are vegetarian
go left at the traffic lights
come to my place on sunday
tell my landlord the roof leaks
the enemy of my enemy
rush hour is terrible
she is in the garden
it is behind the cupboard
they are on the balcony
we are out of milk
louder music would be nice
the flag on the castle is huge
the score by john williams is beautiful
mute the commercials
my health insurance went up
there is a bridge over the river
i need the red pen
look at the blue sky
one of these days
seven minutes past four
ninety nine percent
what is that smell
`
  .trim()
  .split('\n');
