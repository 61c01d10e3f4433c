-- CreateIndex
CREATE INDEX "Grant_guildId_state_expiresAt_number_idx" ON "Grant"("guildId", "state", "expiresAt", "number");
